/**
 * What an operator asks a channel server over HTTP: whether it works, and its figures for Prometheus.
 *
 * @module
 */
export { createHttpService } from "./http-service.ts";
export type { HttpService, HttpServiceOptions } from "./http-service-options.ts";
