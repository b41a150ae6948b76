/** Words as one line for a POSIX shell, quoted where they must be. */
export function shellWords(words: readonly string[]): string {
  return words.map((word) => (isPlainWord(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}

/** Has the word no character that a shell would read as more than itself? */
export function isPlainWord(word: string): boolean {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word);
}
