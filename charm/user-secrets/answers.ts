import { healing, type Problem } from '../problem.ts';
import type { Secret } from '../secret.ts';
import { bareSecretId } from './secret-id.ts';

/** What Juju said about a user secret. */
export type SecretAnswer =
  | { readonly kind: 'content'; readonly content: Readonly<Record<string, Secret>> }
  | { readonly kind: 'not found' }
  | { readonly kind: 'not granted' }
  | { readonly kind: 'unknown'; readonly why: string };

/** Answers by bare id. */
export type SecretAnswers = Readonly<Record<string, SecretAnswer>>;

/** The content of a secret that an option names, or the problem that keeps it away; null while it was not asked for. */
export function lookUp(
  of: { readonly id: string; readonly application: string },
  answers: SecretAnswers,
): Readonly<Record<string, Secret>> | Problem | null {
  const { id, application } = of;
  const bare = bareSecretId(id) ?? '';
  const answer = Object.hasOwn(answers, bare) ? answers[bare] : undefined;
  // A grant and a new secret raise no event: only looking again finds them.
  if (answer === undefined) return null;
  switch (answer.kind) {
    case 'content':
      return answer.content;
    case 'not found':
      return healing(`Juju secret \`${id}\` not found — secrets lists those that there are`);
    case 'not granted':
      return healing(
        `Access permission not granted to charm for secret \`${id}\` — run: grant-secret ${bare} ${application}`,
      );
    default:
      return healing(`cannot read secret \`${id}\`: ${answer.why}`);
  }
}

export function isProblem(found: Readonly<Record<string, Secret>> | Problem): found is Problem {
  return typeof found.text === 'string';
}
