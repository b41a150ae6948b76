import { headerPrefix, proxyVariables, type Variable, variables } from './variables.ts';

/** The table of README.md: every variable that the kit reads, in Markdown. */
export function renderVariables(): string {
  const rows = Object.values<Variable>(variables).map(({ names, meaning, secret }) => [
    names.map((name) => `\`${name}\``).join(', '),
    secret ? `${meaning} (secret)` : meaning,
  ]);
  rows.push([`\`${headerPrefix}<NAME>\``, 'a header of each call: the name in lower case, with `-` for `_`']);
  rows.push([proxyVariables.map((name) => `\`${name}\``).join(', '), 'as other programs read them']);
  return ['| variables | meaning |', '|---|---|', ...rows.map((cells) => `| ${cells.join(' | ')} |`)].join('\n');
}
