import { all } from '../grafana/variable.ts';
import type { Choice } from './choices.ts';
import { element, select } from './dom.ts';

/** The control of one variable; `chosen` is called when the reader has chosen. */
export function picker(choice: Choice, chosen: (values: readonly string[]) => void): HTMLElement {
  const { variable } = choice;
  const label = variable.hide === 1 ? '' : variable.label;
  if (variable.type === 'textbox') {
    const input = element('input', {
      type: 'text',
      value: choice.values[0] ?? '',
      'aria-label': variable.label,
      'data-key': variable.name,
    });
    input.addEventListener('change', () => chosen([input.value]));
    return labelled(label, input);
  }
  const single = !variable.multi || variable.type === 'datasource';
  const options = choice.options.map((value) => ({ value, text: choice.texts[value] ?? value }));
  if (variable.includeAll && variable.type !== 'datasource') options.unshift({ value: all, text: 'All' });
  if (single) {
    const made = select(variable.label, options, choice.values[0] ?? '', (value) => chosen([value]));
    return labelled(label, made);
  }
  return labelled(label, several(choice, options, chosen));
}

function labelled(label: string, control: HTMLElement): HTMLElement {
  return element(
    'div',
    { className: 'variable' },
    label ? element('span', { className: 'label' }, label) : '',
    control,
  );
}

/** Several of many: a list of boxes that opens. What is chosen counts when it closes, or at once by a click on a name. */
function several(
  choice: Choice,
  options: readonly { readonly value: string; readonly text: string }[],
  chosen: (values: readonly string[]) => void,
): HTMLElement {
  const { variable, texts } = choice;
  let values = [...choice.values];
  const words = () =>
    values.includes(all) ? 'All' : values.map((value) => texts[value] ?? value).join(' + ') || 'None';
  const shown = element('span', {}, words());
  const summary = element(
    'summary',
    {
      'aria-label': `${variable.label}: ${words()}`,
      'data-key': variable.name,
      title: words(),
    },
    shown,
  );
  const boxes = options.map(({ value, text }) => {
    const box = element('input', { type: 'checkbox', checked: values.includes(value), value });
    box.addEventListener('change', () => {
      if (value === all) values = box.checked ? [all] : [];
      else
        values = box.checked ? [...values.filter((one) => one !== all), value] : values.filter((one) => one !== value);
      for (const each of boxes) each.box.checked = values.includes(each.box.value);
      shown.textContent = words();
    });
    return { box, line: element('label', {}, box, element('span', {}, text)) };
  });
  const empty = options.length === 0 ? element('p', {}, choice.problem ?? 'No values') : '';
  const list = element(
    'div',
    { className: 'options', role: 'group', 'aria-label': variable.label },
    ...boxes.map(({ line }) => line),
    empty,
  );
  const details = element('details', {}, summary, list);
  const close = () => {
    details.open = false;
  };
  details.addEventListener('toggle', () => {
    if (details.open) return;
    const fallback = variable.includeAll ? [all] : options.slice(0, 1).map(({ value }) => value);
    const next = values.length > 0 ? values : fallback;
    if (next.join('\n') !== choice.values.join('\n')) chosen(next);
  });
  details.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    close();
    summary.focus();
  });
  details.addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !details.contains(relatedTarget)) close();
  });
  document.addEventListener('pointerdown', (event) => {
    if (details.open && event.target instanceof Node && !details.contains(event.target)) close();
  });
  return details;
}
