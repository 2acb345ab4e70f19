/** Time as a port, so that pure code never asks the machine. Milliseconds since 1970-01-01 UTC. */
export interface Clock {
  now(): number;
}
