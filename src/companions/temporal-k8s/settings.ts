/** The companion's options, checked. */
export interface TemporalSettings {
  readonly port: number;
  readonly uiPort: number;
  /** 0: the server chooses. */
  readonly metricsPort: number;
}

/** Reads the options; `problems` are in the words for a blocked status. */
export function settingsFrom(config: Readonly<Record<string, string | number | boolean>>): {
  readonly settings: TemporalSettings;
  readonly problems: readonly string[];
} {
  const settings = {
    port: Number(config.port),
    uiPort: Number(config['ui-port']),
    metricsPort: Number(config['metrics-port'] ?? 0),
  };
  const problems = [
    ...checkPort('port', settings.port, 1),
    ...checkPort('ui-port', settings.uiPort, 1),
    ...checkPort('metrics-port', settings.metricsPort, 0),
  ];
  const used = [settings.port, settings.uiPort, settings.metricsPort].filter((port) => port !== 0);
  if (problems.length === 0 && new Set(used).size < used.length) {
    problems.push('config: port, ui-port and metrics-port must differ');
  }
  return { settings, problems };
}

function checkPort(option: string, value: number, least: number): string[] {
  const fits = Number.isInteger(value) && value >= least && value <= 65535;
  return fits ? [] : [`config: invalid ${option} '${value}' (a number from ${least} to 65535)`];
}
