/** The companion's options, checked. */
export interface PostgresSettings {
  readonly port: number;
  readonly maxConnections: number;
}

/** Reads the options; `problems` are in the words for a blocked status. */
export function settingsFrom(config: Readonly<Record<string, string | number | boolean>>): {
  readonly settings: PostgresSettings;
  readonly problems: readonly string[];
} {
  const settings = { port: Number(config.port), maxConnections: Number(config.experimental_max_connections) };
  const problems = [
    ...check('port', settings.port, 1, 65535),
    // Below this, the server's own connections would leave too few for others.
    ...check('experimental_max_connections', settings.maxConnections, 20, 10_000),
  ];
  return { settings, problems };
}

function check(option: string, value: number, least: number, most: number): string[] {
  const fits = Number.isInteger(value) && value >= least && value <= most;
  return fits ? [] : [`config: invalid ${option} '${value}' (a number from ${least} to ${most})`];
}
