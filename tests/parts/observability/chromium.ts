import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const program = process.env.CHARMLET_CHROMIUM ?? '/usr/bin/chromium';

/** Is there a Chromium to test with? Says so when there is none. */
export function hasChromium(): boolean {
  if (existsSync(program)) return true;
  console.log(`SKIPPED: there is no ${program} (install chromium, or set CHARMLET_CHROMIUM)`);
  return false;
}

/** A headless Chromium that asks nobody for anything by itself. */
export function startChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: program,
    args: [
      '--headless',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
