import { closestMatch } from 'leven';

/**
 * The candidate that the word was most likely meant to be, or nothing when none is near: at most a third of its letters
 * (and at least one) may be wrong, missing or added, or two swapped. Else the only candidate that begins with it.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const maxDistance = Math.max(2, Math.floor(word.length / 3));
  const best = word.length >= 3 ? closestMatch(word, [...candidates], { maxDistance }) : undefined;
  if (best !== undefined) return best;
  const begun = candidates.filter((candidate) => word.length >= 3 && candidate.startsWith(word));
  return begun.length === 1 ? begun[0] : undefined;
}
