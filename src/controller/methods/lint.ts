import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import type { AuthorMethods } from '../author-api.ts';
import { lintCharm } from '../charm/lint-charm.ts';
import type { Shared } from '../context.ts';

/** Of a charm's directory, or of a `.charm` archive, which is unpacked for it and removed again. */
export async function lint(
  { paths }: Pick<Shared, 'paths'>,
  { directory: given }: AuthorMethods['lint']['params'],
): Promise<AuthorMethods['lint']['result']> {
  const found = await stat(given).catch(() => undefined);
  if (!found) return { findings: [{ level: 'error', text: `${given}: no such file or directory` }] };
  if (!found.isFile() || extname(given) !== '.charm') return { findings: await lintCharm(given) };
  const { unpackCharm } = await import('../charm/archive.ts');
  const { directory, dispose } = await unpackCharm(paths, given);
  try {
    const findings = await lintCharm(directory);
    return { findings: findings.map(({ level, text }) => ({ level, text: text.replaceAll(directory, given) })) };
  } finally {
    await dispose();
  }
}
