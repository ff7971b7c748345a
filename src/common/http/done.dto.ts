/** The answer to what has nothing else to say. */
export class DoneDto {
  success!: true;
  message!: string;
}

export function done(message: string): DoneDto {
  return { success: true, message };
}
