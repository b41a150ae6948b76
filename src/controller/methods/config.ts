import type { ConfigEntry, ConfigListing, ConfigSetParams, Methods } from '../api.ts';
import { isProxyOption, modelOptions } from '../config/model-options.ts';
import { parseOptionText } from '../config/parse-option.ts';
import { readConfigChanges } from '../config/read-config.ts';
import type { Context } from '../context.ts';
import { UserError } from '../errors.ts';
import type { ConfigValue } from '../hook/model.ts';
import {
  charmOf,
  configHash,
  findApplication,
  readApplication,
  setOption,
  userOptions,
} from '../store/applications.ts';
import { modelSettings, readModelConfig, setModelSetting } from '../store/models.ts';
import { failedEvent, queueEvent, ranks, setRetry } from '../store/queue.ts';
import { listUnits } from '../store/units.ts';
import { needApplication } from './find.ts';

/** `juju config <app> --format json`. */
export function configGet(context: Context, name: string): ConfigListing {
  const application = needApplication(context, name);
  const charm = charmOf(context.model, application);
  const given = userOptions(context.model, application.id);
  const settings = Object.entries(charm.spec.options).map(([option, spec]): [string, ConfigEntry] => {
    const value = given[option] ?? spec.default;
    return [
      option,
      {
        ...(spec.default !== undefined && { default: spec.default }),
        description: spec.description,
        source: option in given ? 'user' : spec.default === undefined ? 'unset' : 'default',
        type: spec.type,
        ...(value !== undefined && { value }),
      },
    ];
  });
  const trust: ConfigEntry = {
    default: false,
    description: 'Does this application have access to trusted credentials',
    source: application.trust ? 'user' : 'default',
    type: 'bool',
    value: application.trust,
  };
  return {
    application: name,
    charm: charm.name,
    'application-config': { trust },
    settings: Object.fromEntries(settings.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** All or nothing. Each unit gets one config-changed, and none when no value has become another. */
export function configSet(context: Context, params: ConfigSetParams): Methods['configSet']['result'] {
  const { model } = context;
  const application = needApplication(context, params.application);
  const { spec } = charmOf(model, application);
  const changes = readConfigChanges({
    application: application.name,
    options: spec.options,
    texts: params.values,
    files: params.yaml ? [params.yaml] : [],
    reset: params.reset,
  });
  return model.db.transact(() => {
    const now = findApplication(model, params.application);
    if (now?.id !== application.id) throw new UserError(`application "${params.application}" not found`);
    const before = configHash(model, application);
    const given = userOptions(model, application.id);
    const changed: string[] = [];
    for (const [name, value] of Object.entries(changes.values)) {
      if ((given[name] ?? null) === value) continue;
      changed.push(name);
      setOption(model, application.id, name, value);
    }
    if (changes.trust !== null && changes.trust !== application.trust) {
      changed.push('trust');
      model.db.run('UPDATE applications SET trust = ? WHERE id = ?', changes.trust ? 1 : 0, application.id);
    }
    if (configHash(model, readApplication(model, application.id)) !== before) {
      for (const unit of listUnits(model, application.id)) {
        if (unit.life === 'alive') queueEvent(model, unit.id, ranks.configChanged, { hook: 'config-changed' });
      }
    }
    return { changed, messages: [] };
  });
}

export function modelConfigGet(context: Context): Methods['modelConfigGet']['result'] {
  const set = modelSettings(context.model);
  const all = Object.entries(readModelConfig(context.model)).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    all.map(([key, value]) => [key, { value, source: key in set ? ('model' as const) : ('default' as const) }]),
  );
}

/** Refuses unknown keys: a misspelt one would change nothing, silently. */
export function modelConfigSet(
  context: Context,
  params: Methods['modelConfigSet']['params'],
): Methods['modelConfigSet']['result'] {
  const problems: string[] = [];
  const values: [string, ConfigValue | null][] = [];
  const known = Object.keys(modelOptions).join(', ');
  for (const key of params.reset) {
    if (Object.hasOwn(modelOptions, key)) values.push([key, null]);
    else problems.push(`unknown model configuration key "${key}" (known here: ${known})`);
  }
  for (const [key, text] of Object.entries(params.values)) {
    const option = Object.hasOwn(modelOptions, key) ? modelOptions[key]! : undefined;
    if (!option) {
      problems.push(`unknown model configuration key "${key}" (known here: ${known})`);
      continue;
    }
    const parsed = parseOptionText(
      key,
      { type: typeof option.default === 'boolean' ? 'boolean' : 'string', description: '' },
      text,
    );
    const problem = 'problem' in parsed ? parsed.problem.replace(/^option /, '') : option.refuse?.(parsed.value);
    if (problem) problems.push(problem);
    else if ('value' in parsed) values.push([key, parsed.value]);
  }
  if (problems.length > 0) throw new UserError(problems.join('; '));
  context.model.db.transact(() => {
    const before = proxies(context);
    for (const [key, value] of values) setModelSetting(context.model, key, value);
    if (proxies(context) !== before) tellProxies(context);
    if (!values.some(([key]) => key === 'automatically-retry-hooks')) return;
    const retries = readModelConfig(context.model)['automatically-retry-hooks'] !== false;
    for (const unit of listUnits(context.model)) {
      const failed = failedEvent(context.model, unit.id);
      if (failed?.state === 'failed') setRetry(context.model, failed.id, retries ? new Date() : null);
    }
  });
  return { messages: [] };
}

/** What is to be seen of the proxies in a dispatch, as one text. */
function proxies({ model }: Context): string {
  return JSON.stringify(Object.entries(readModelConfig(model)).filter(([key]) => isProxyOption(key)));
}

/** At once, so that workers follow; under Juju itself a charm sees other proxies at its next event only. */
function tellProxies({ model }: Context): void {
  for (const unit of listUnits(model)) {
    if (unit.life === 'alive') queueEvent(model, unit.id, ranks.configChanged, { hook: 'config-changed' });
  }
}
