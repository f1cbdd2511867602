import { type Codec, jsonByType } from "../protocol/codec.ts";

/**
 * JSON objects in text frames, whose `type` is read without regard to case. A server looks at the depth of the JSON
 * before it decodes.
 */
export const channelCodec: Codec = {
  ...jsonByType,
  typeOf: (message) => jsonByType.typeOf(message)?.toUpperCase(),
};
