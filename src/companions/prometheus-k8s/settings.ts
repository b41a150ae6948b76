/** The companion's options, checked. */
export interface PrometheusSettings {
  /** 0: we choose. */
  readonly port: number;
  readonly scrapeInterval: string;
  readonly evaluationInterval: string;
  readonly logLevel: string;
  readonly retentionTime: string;
  /** Part of the disk that samples may take; undefined when the option says nothing usable, as in the charm. */
  readonly retentionRatio: number | undefined;
  readonly walCompression: boolean;
  readonly exemplars: number;
}

const logLevels = ['debug', 'info', 'warn', 'error', 'fatal'];
/** Prometheus' own form of a duration: units from large to small, each once. */
const timeSpec = /^(?=\d)(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/;
/** Fewer exemplars than this are not worth a store of their own; the charm has the same floor. */
const fewestExemplars = 100_000;

/** Reads the options; `problems` are in the words for a blocked status, the charm's where it has some. */
export function settingsFrom(config: Readonly<Record<string, string | number | boolean>>): {
  readonly settings: PrometheusSettings;
  readonly problems: readonly string[];
} {
  const text = (option: string) => String(config[option] ?? '').trim();
  const exemplars = Number(config.max_global_exemplars_per_user ?? 0);
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text('maximum_retention_size'))?.[1];
  const ratio = percent === undefined ? undefined : Number(percent) / 100;
  const settings = {
    port: Number(config.port ?? 0),
    scrapeInterval: text('scrape_interval'),
    evaluationInterval: text('evaluation_interval'),
    logLevel: text('log_level').toLowerCase(),
    retentionTime: text('metrics_retention_time'),
    retentionRatio: ratio,
    walCompression: config.metrics_wal_compression === true,
    exemplars: exemplars > 0 ? Math.max(exemplars, fewestExemplars) : 0,
  };
  const problems = [
    ...(Number.isInteger(settings.port) && settings.port >= 0 && settings.port <= 65535
      ? []
      : [`config: invalid port '${settings.port}' (a number from 0 to 65535)`]),
    ...[settings.scrapeInterval, settings.evaluationInterval, settings.retentionTime]
      .filter((spec) => !timeSpec.test(spec) || /^(0+[a-z]+)+$/.test(spec))
      .map((spec) => `Invalid time spec : ${spec}`),
    ...(logLevels.includes(settings.logLevel)
      ? []
      : [`config: invalid log_level '${settings.logLevel}' (one of ${logLevels.join(', ')})`]),
    ...(ratio !== undefined && ratio <= 1
      ? []
      : [`Invalid retention size: '${text('maximum_retention_size')}' (a number from 0 to 100 followed by %)`]),
  ];
  return { settings, problems };
}
