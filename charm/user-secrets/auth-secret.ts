import { authOptions, providerOptions } from '../options.ts';
import { healing, type Problem } from '../problem.ts';
import { reveal, type Secret } from '../secret.ts';

/**
 * The allowed keys of the secret that `auth-secret-id` names, or what is wrong with it. A secret that has an encryption
 * key and nothing else says nothing of a provider.
 */
export function readAuthSecret(content: Readonly<Record<string, Secret>>): {
  readonly values: Readonly<Record<string, Secret>>;
  readonly problems: readonly Problem[];
} {
  const values = Object.fromEntries(
    authOptions.flatMap((name) => (content[name] === undefined ? [] : [[name, content[name]] as const])),
  );
  return { values, problems: problems(values).map((text) => healing(text)) };
}

function problems(values: Readonly<Record<string, Secret>>): string[] {
  const has = (name: string) => reveal(values[name] ?? '').trim() !== '';
  const given = values['auth-provider'] === undefined ? null : reveal(values['auth-provider']);
  const ofProviders = Object.values(providerOptions).flat();
  if (given === null && values['encryption-key'] !== undefined && !ofProviders.some(has)) return [];
  if (given === null || given.trim() === '') return ['Invalid config: auth-provider value missing from auth-secret'];
  const needed = Object.hasOwn(providerOptions, given) ? providerOptions[given] : undefined;
  if (needed === undefined) return ['Invalid config: auth-provider not supported'];
  const missing = needed.filter((name) => !has(name)).map((name) => `Invalid config: ${name} value missing`);
  const foreign = Object.entries(providerOptions)
    .filter(([provider]) => provider !== given)
    .flatMap(([, names]) => names.filter((name) => name !== 'oidc-auth-type' && has(name)));
  if (foreign.length === 0) return missing;
  return [
    ...missing,
    `cannot use the auth secret: its auth-provider is ${given} and it has ${foreign.join(', ')} as well (remove them, or change auth-provider)`,
  ];
}
