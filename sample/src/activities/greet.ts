import { log } from '@temporalio/activity';

/** Activities are where a workflow touches the world: this one could as well ask a database or another service. */
export async function greet(name: string): Promise<string> {
  log.info('greeting', { name });
  return `Hello, ${name}!`;
}
