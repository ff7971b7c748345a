/** A TCP port on 127.0.0.1 that nobody listens on: `wanted` if it is free, else any. */
export function freePort(wanted?: number): Promise<number>;
