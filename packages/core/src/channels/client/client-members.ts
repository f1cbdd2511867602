import type { Member, MemberOnWire } from "../messages.ts";

/** More members than these are told and not remembered: a server could name any number of them. */
const MAX_MEMBERS = 100_000;

/** Who is in the channel besides this client, as the latest connection was told. */
export class Members {
  readonly byId: Map<string, Member> = new Map();

  /** CONNECTED: who is there now. */
  reset(members: readonly MemberOnWire[], own: string | undefined): readonly Member[] {
    this.byId.clear();
    for (const wire of members) if (wire.clientID !== own) this.set(wire);
    return [...this.byId.values()];
  }

  /** Somebody's presence. Returns the member, and whether it was not there before. */
  set(wire: MemberOnWire): { readonly member: Member; readonly isNew: boolean } {
    const member = memberOf(wire);
    const isNew = !this.byId.has(member.clientID);
    if (!isNew || this.byId.size < MAX_MEMBERS) this.byId.set(member.clientID, member);
    return { member, isNew };
  }

  /** Somebody is gone. Returns who it was; `undefined` for one who was not there. */
  delete(id: string): Member | undefined {
    const member = this.byId.get(id);
    this.byId.delete(id);
    return member;
  }
}

/** A member as users see it. */
export function memberOf({ clientID, presence = {} }: MemberOnWire): Member {
  return { clientID, presence };
}
