import type { Panel } from '../grafana/dashboard.ts';
import { record, text } from '../grafana/json.ts';
import { element } from './dom.ts';

/** A panel of words. Of Markdown, headings, lists and emphasis are drawn; everything else, HTML too, is shown as it is written. */
export function drawText(body: HTMLElement, panel: Panel): void {
  const content = text(panel.options.content) || text(record(panel.options).text);
  const blocks: HTMLElement[] = [];
  let items: HTMLElement | undefined;
  for (const line of content.split('\n')) {
    const [, marks = '', heading = ''] = /^(#{1,6})\s+(.*)$/.exec(line) ?? [];
    const [, item] = /^\s*[-*]\s+(.*)$/.exec(line) ?? [];
    if (item !== undefined) {
      if (!items) {
        items = element('ul');
        blocks.push(items);
      }
      items.append(element('li', {}, ...inline(item)));
      continue;
    }
    items = undefined;
    if (marks !== '') blocks.push(element(marks.length < 3 ? 'h3' : 'h4', {}, ...inline(heading)));
    else if (line.trim() !== '') blocks.push(element('p', {}, ...inline(line)));
  }
  body.replaceChildren(element('div', { className: 'text' }, ...blocks));
}

function inline(line: string): (Node | string)[] {
  return line.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((part) => {
    if (part.startsWith('**') && part.length > 4) return element('strong', {}, part.slice(2, -2));
    return part.startsWith('`') && part.length > 2 ? element('code', {}, part.slice(1, -1)) : part;
  });
}
