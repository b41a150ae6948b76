/**
 * Options for a Node process of ours that stays: a controller, a supervisor. They trade speed that such a process has no
 * use for against memory that it would keep. What it does is waiting, and moving bytes in C++: without the optimising
 * compilers it forwards as many log lines a second, and has 12 MiB less (docs/decisions/resident-memory.md).
 */
export const residentNodeOptions: readonly string[] = [
  // Short bursts: a young generation of 1 MiB is collected often and stays small.
  '--max-semi-space-size=1',
  '--no-opt',
  '--no-maglev',
  '--v8-pool-size=0',
  // For collectAtRest.
  '--expose-gc',
  '--disable-warning=ExperimentalWarning',
];
