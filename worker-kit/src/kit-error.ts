/** An error of the kit: its message is a whole sentence for people, whatever led to it is its cause. */
export class KitError extends Error {
  override readonly name: string = 'KitError';
}
