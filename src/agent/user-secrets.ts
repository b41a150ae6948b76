import type { SecretAnswer, SecretAnswers } from '../../charm/user-secrets/answers.ts';
import { HookCommandError } from '../hookcmds/hook-command-error.ts';
import type { HookCommandRunner } from '../hookcmds/runner.ts';
import { secretGet } from '../hookcmds/secret.ts';
import type { Fingerprints } from './fingerprints.ts';

/** Reads the latest revision of each secret, all at once. A secret that cannot be read is an answer too. */
export async function readSecrets(
  runner: HookCommandRunner,
  of: { readonly ids: readonly string[]; readonly fingerprints: Fingerprints },
): Promise<SecretAnswers> {
  const answers = of.ids.map(
    async (id) => [id, await readSecret(runner, { id, fingerprints: of.fingerprints })] as const,
  );
  return Object.fromEntries(await Promise.all(answers));
}

/** Reads the latest revision of one secret, by its id in any spelling. */
export async function readSecret(
  runner: HookCommandRunner,
  of: { readonly id: string; readonly fingerprints: Fingerprints },
): Promise<SecretAnswer> {
  try {
    const content = await secretGet(runner, { id: of.id, revision: 'refresh' });
    const entries = Object.entries(content ?? {}).map(([key, text]) => [key, of.fingerprints.secret(text)] as const);
    return { kind: 'content', content: Object.fromEntries(entries) };
  } catch (error) {
    return refusal(error as Error);
  }
}

/** Juju's texts, as the charm library for Python tells them apart too. */
function refusal(error: Error): SecretAnswer {
  const text = error instanceof HookCommandError ? error.stderr : error.message;
  if (/not found/i.test(text)) return { kind: 'not found' };
  if (/permission denied|is not allowed to read/i.test(text)) return { kind: 'not granted' };
  return {
    kind: 'unknown',
    why: text
      .replace(/^ERROR /, '')
      .replaceAll(/\s+/g, ' ')
      .trim(),
  };
}
