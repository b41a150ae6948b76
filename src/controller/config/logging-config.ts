import type { ConfigValue } from '../hook/model.ts';

/** In rising order, with the other names that Juju takes for them. */
const levels = ['TRACE', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'];
const otherNames: Readonly<Record<string, string>> = { WARN: 'WARNING' };

/** Juju's default. Here it lets DEBUG through as well: on one machine nobody has to be spared what a charm says. */
export const defaultLoggingConfig = '<root>=INFO';

/** Whether a line of that module and level goes into the log, by a `logging-config` such as `<root>=INFO;unit=DEBUG`. */
export function logFilter(config: ConfigValue): (module: string, level: string) => boolean {
  const rules = rulesOf(String(config));
  const modules = [...rules.keys()].sort((a, b) => b.length - a.length);
  return (module, level) => {
    const nearest = modules.find((name) => name === '' || module === name || module.startsWith(`${name}.`));
    const least = nearest === undefined ? 'WARNING' : rules.get(nearest)!;
    return levels.indexOf(level) >= levels.indexOf(least);
  };
}

/** A value that an older version took without a look counts as the default. */
function rulesOf(text: string): ReadonlyMap<string, string> {
  const rules = parse(text);
  return text === defaultLoggingConfig || typeof rules === 'string' ? new Map([['', 'DEBUG']]) : rules;
}

/** Says what is wrong with a value, in Juju's words; undefined when nothing is. */
export function refuseLoggingConfig(value: ConfigValue): string | undefined {
  const rules = parse(String(value));
  return typeof rules === 'string' ? rules : undefined;
}

/** Module -> level, the root's module being empty; or what is wrong. */
function parse(text: string): ReadonlyMap<string, string> | string {
  const alone = levelOf(text.trim());
  if (alone) return new Map([['', alone]]);
  const rules = new Map<string, string>();
  for (const part of text.split(/[;:]/).filter((each) => each.trim() !== '')) {
    const equals = part.indexOf('=');
    if (equals < 0) return `config value expected '=', found ${JSON.stringify(part)}`;
    const name = part.slice(0, equals).trim();
    if (name === '') return `config value ${JSON.stringify(part)} has missing module name`;
    const level = levelOf(part.slice(equals + 1).trim());
    if (!level) return `unknown severity level ${JSON.stringify(part.slice(equals + 1).trim())}`;
    rules.set(name === '<root>' ? '' : name, level);
  }
  return rules;
}

function levelOf(text: string): string | undefined {
  const name = text.toUpperCase();
  return levels.find((level) => level === (otherNames[name] ?? name));
}
