import { spawn } from 'node:child_process';
import type { Invocation } from '../verb.ts';

/** Opens the address in the desktop's browser, where there is a desktop and somebody at the terminal. */
export function openBrowser(call: Invocation, url: string): void {
  const { DISPLAY, WAYLAND_DISPLAY } = call.env;
  if (!call.stdout.isTTY || !(DISPLAY || WAYLAND_DISPLAY)) return;
  const child = spawn('xdg-open', [url], { stdio: 'ignore', detached: true, env: call.env });
  // Without it, the address is on the screen anyway.
  child.on('error', () => {});
  child.unref();
}
