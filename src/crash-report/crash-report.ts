/** Whose error it is. */
export type Part = 'agent' | 'controller';

/** Says where to send unexpected errors to; unset: nowhere, and nothing of Sentry's is loaded. */
export const dsnVariable = 'CHARMLET_SENTRY_DSN';

/** Reports an unexpected error of our own, when the environment says where to. Never rejects, and takes two seconds at most. */
export async function reportCrash(error: unknown, of: { readonly part: Part; readonly env: NodeJS.ProcessEnv }) {
  const dsn = of.env[dsnVariable] ?? '';
  if (dsn === '') return;
  try {
    const { sendToSentry } = await import('./send-to-sentry.ts');
    await sendToSentry(error, { dsn, part: of.part });
  } catch {
    // Whoever reports must not add to the trouble.
  }
}
