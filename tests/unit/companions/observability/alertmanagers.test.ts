import { expect, test } from 'vitest';
import { alertmanagerUrls } from '../../../../src/companions/observability/alertmanagers.ts';

test('reads both forms of the interface, sorted, each once, and leaves out what is no address', () => {
  const bags: Record<string, string>[] = [
    { url: 'http://b:9093' },
    { public_address: 'a:9093', scheme: 'https' },
    { public_address: 'c:9093' },
    { url: 'http://b:9093/', public_address: 'ignored' },
    { url: 'http://d/model-am/' },
    { url: 'file:///etc/passwd' },
    { url: 'no address' },
    {},
  ];
  const units = bags.map((bag, index) => ({ name: `am/${index}`, bag }));
  expect(alertmanagerUrls([{ id: 'alertmanager:1', application: 'am', bag: {}, units }])).toEqual([
    'http://b:9093',
    'http://c:9093',
    'http://d/model-am',
    'https://a:9093',
  ]);
});
