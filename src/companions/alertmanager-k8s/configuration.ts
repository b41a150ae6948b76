import { parse, stringify } from 'yaml';
import { isObject, type JsonObject } from '../observability/databag-json.ts';

export const configurationFile = 'alertmanager.yml';
export const templatesFile = 'templates.tmpl';

/** The charm's configuration where the user gives none: alerts are kept and shown, and nobody is told. */
const standard: JsonObject = {
  global: { http_config: { tls_config: { insecure_skip_verify: false } } },
  route: { group_wait: '30s', group_interval: '5m', repeat_interval: '1h', receiver: 'placeholder' },
  receivers: [{ name: 'placeholder' }],
};
/** So that alerts of different applications are never sent as one. */
const topology = ['juju_application', 'juju_model', 'juju_model_uuid'];

/**
 * The files of the server from the options, by their path in the unit's directory; or what is wrong with the options,
 * in the charm's words where it has some.
 */
export function renderFiles(options: {
  readonly configFile: string;
  readonly templates: string;
  readonly dataDir: string;
  readonly application: string;
}): { readonly files: Readonly<Record<string, string>> } | { readonly problem: string } {
  const { configFile, templates, dataDir, application } = options;
  const given = configFile.trim() === '' ? standard : readYaml(configFile);
  if (typeof given === 'string') return { problem: `cannot read config option "config_file": ${given}` };
  if (!isObject(given)) {
    return { problem: `Unable to set config from file. Use charmlet config ${application} config_file=@FILENAME` };
  }
  if (Array.isArray(given.templates) && given.templates.length > 0) {
    return { problem: "Invalid config file: use charm's 'templates' config option instead" };
  }
  const usesTemplates = configFile.trim() !== '' && templates !== '';
  const configuration = {
    ...given,
    ...(usesTemplates && { templates: [`${dataDir}/${templatesFile}`] }),
    route: groupedByTopology(given.route),
  };
  const text = stringify(configuration, { version: '1.1', aliasDuplicateObjects: false, lineWidth: 0 });
  return { files: { [configurationFile]: text, ...(usesTemplates && { [templatesFile]: templates }) } };
}

function groupedByTopology(route: unknown): unknown {
  if (route !== undefined && !isObject(route)) return route;
  const groupBy = Array.isArray(route?.group_by) ? route.group_by : [];
  // '...' switches grouping off altogether.
  if (groupBy.length === 1 && groupBy[0] === '...') return route;
  return { ...route, group_by: [...new Set([...groupBy.map(String), ...topology])].sort() };
}

/** The value, or a text that says why there is none. */
function readYaml(text: string): unknown {
  try {
    // A warning would show a line of the text, which may hold a password.
    const value: unknown = parse(text, { version: '1.1', maxAliasCount: 100, logLevel: 'error' });
    return typeof value === 'string' ? undefined : value;
  } catch (error) {
    return (error as Error).message.split('\n')[0]!;
  }
}
