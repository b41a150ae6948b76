import { KitError } from './kit-error.ts';

/**
 * The sentence in an error that is for people: the kit's own if there is one, or else the innermost cause's. gRPC puts it into `details`; the SDK's native part
 * prints nested structures, in which it is the last message.
 */
export function oneLine(error: unknown): string {
  let cause = error;
  while (!(cause instanceof KitError) && cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  if (cause instanceof AggregateError && cause.message === '') cause = cause.errors[0];
  const details = cause instanceof Error && 'details' in cause ? cause.details : undefined;
  const text =
    typeof details === 'string' && details !== '' ? details : cause instanceof Error ? cause.message : String(cause);
  const native = [...text.matchAll(/(?:message|error): "((?:[^"\\]|\\.)*)"/g)].at(-1)?.[1];
  return (native || text).replace(/\s*\n\s*/g, ' ').trim();
}
