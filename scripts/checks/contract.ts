import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { renderReference } from '../reference/render.ts';

/** Every option, action and endpoint has its file and its test, and the generated pages of docs/reference are fresh. */
export async function checkContract(): Promise<string[]> {
  const found: string[] = [];
  const tests = textOf('tests');
  const charm = textOf('charm');
  for (const option of Object.keys(parse(readFileSync('config.yaml', 'utf8')).options)) {
    if (!charm.includes(`'${option}'`)) found.push(`config.yaml: option "${option}" is not used in charm/`);
    if (!tests.includes(option)) found.push(`config.yaml: option "${option}" occurs in no test`);
  }
  for (const action of Object.keys(parse(readFileSync('actions.yaml', 'utf8')))) {
    if (!existsSync(`actions/${action}.ts`)) found.push(`actions.yaml: action "${action}" has no actions/${action}.ts`);
    if (!tests.includes(action)) found.push(`actions.yaml: action "${action}" occurs in no test`);
  }
  for (const [path, text] of Object.entries(await renderReference())) {
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text)
      found.push(`${path}: is not what the sources say (run: npm run docs)`);
  }
  return found;
}

function textOf(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|ya?ml)$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}
