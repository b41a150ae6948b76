/** `npm run docs`: writes the generated pages of docs/reference. */
import { writeFileSync } from 'node:fs';
import { renderReference } from './reference/render.ts';

for (const [path, text] of Object.entries(await renderReference())) writeFileSync(path, text);
