/** A service's `on-success: shutdown` and its like end the daemon with these, as Pebble. */
export const shutdownExitCodes = { success: 0, 'service-failure': 10, 'check-failure': 11 } as const;

/** Another supervisor serves the directory already. */
export const alreadyServedExitCode = 75;
