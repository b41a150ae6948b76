/** Why a text is no JSON, without a word of it, for it may hold a secret; V8's own message quotes it. */
export function jsonProblem(error: unknown): string {
  return (error as Error).message.replace(/, (\.\.\.)?"[\s\S]*$/, '');
}
