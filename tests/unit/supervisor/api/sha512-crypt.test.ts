import { expect, test } from 'vitest';
import { fitsSha512Crypt } from '../../../../src/supervisor/api/sha512-crypt.ts';

// The first two are of the format's own test cases; the others were made with openssl passwd -6.
test.each([
  [
    'Hello world!',
    '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
  ],
  [
    'Hello world!',
    '$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.',
  ],
  ['a', '$6$Zk.3$m8yMvBx.DR60Lq7Eaf.p8f3WSRX2/0nApx5tKIEbvM0Lg.pyWXBdNxDBcSHf6p9RXAkNlSPv3R5Xvz9St81.60'],
  [
    'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
    '$6$Zk.3$S8SmeYvhPxKGG4S64DvH4cUFNRrRwJbbj56dFRtdwR9gElh/yXqn2ZgrfOQ3tNjkGE3Zq7PAeVGZnTX1k/f1l1',
  ],
  ['pässwörd', '$6$Zk.3$HVPXqJ5762w1Gte6a.qEnvKkXggzGWPJ8rVxC8rL/GtP6MRnZSPw8axE7rtW6X2itPoSmx2gSsd3jwU41k2LJ/'],
])('%s fits its hash, and nothing else does', (password, hash) => {
  expect(fitsSha512Crypt(password, hash)).toBe(true);
  expect(fitsSha512Crypt(`${password}x`, hash)).toBe(false);
});

test.each(['', '$6$', '$1$abc$defg', `$6$rounds=999999999$salt$${'a'.repeat(86)}`, 'plain'])(
  '%s is no hash that anything fits',
  (hash) => {
    expect(fitsSha512Crypt('', hash)).toBe(false);
  },
);
