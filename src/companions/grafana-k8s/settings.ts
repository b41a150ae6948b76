/** The companion's options, checked. */
export interface GrafanaSettings {
  /** 0: we choose. */
  readonly port: number;
  readonly anonymous: boolean;
  readonly embedding: boolean;
  readonly logLevel: string;
  readonly adminUser: string;
  readonly autoAssignOrg: boolean;
  readonly queryTimeoutS: number;
  readonly reporting: boolean;
  readonly customConfig: string;
}

const logLevels = ['debug', 'info', 'warn', 'error', 'critical'];

/** Reads the options; `problems` are in the words for a blocked status, the charm's where it has some. */
export function settingsFrom(config: Readonly<Record<string, string | number | boolean>>): {
  readonly settings: GrafanaSettings;
  readonly problems: readonly string[];
} {
  const settings = {
    port: Number(config.port ?? 0),
    anonymous: config.allow_anonymous_access === true,
    embedding: config.allow_embedding === true,
    logLevel: String(config.log_level ?? 'info')
      .trim()
      .toLowerCase(),
    adminUser: String(config.admin_user ?? 'admin').trim(),
    autoAssignOrg: config.enable_auto_assign_org !== false,
    queryTimeoutS: Number(config.datasource_query_timeout ?? 300),
    reporting: config.reporting_enabled !== false,
    customConfig: String(config.custom_config ?? '').trim(),
  };
  const { port, queryTimeoutS, logLevel, adminUser } = settings;
  const problems = [
    ...(port >= 0 && port <= 65535 ? [] : [`config: invalid port '${port}' (a number from 0 to 65535)`]),
    ...(queryTimeoutS > 0
      ? []
      : [`config: invalid datasource_query_timeout '${queryTimeoutS}' (a number of seconds, from 1)`]),
    ...(logLevels.includes(logLevel)
      ? []
      : [`config: invalid log_level '${logLevel}' (one of ${logLevels.join(', ')})`]),
    // A colon would end the name where it is sent with the password; the rest would end the line of a file.
    ...(/^[\w.@+-]{1,190}$/.test(adminUser)
      ? []
      : ['config: invalid admin_user (letters, digits and . _ @ + -, at most 190)']),
    ...(isAllowedConfig(settings.customConfig) ? [] : ['Invalid custom_config; see debug-log']),
  ];
  return { settings, problems };
}

/** Only the section `[smtp]` is taken, with lines `key = value` and comments. */
function isAllowedConfig(text: string): boolean {
  if (text === '') return true;
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^[#;]/.test(line));
  return lines[0] === '[smtp]' && lines.slice(1).every((line) => /^\w+\s*=/.test(line));
}
