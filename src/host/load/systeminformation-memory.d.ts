// The package types its front door only.
declare module 'systeminformation/lib/memory.js' {
  import type { Systeminformation } from 'systeminformation';

  export function mem(): Promise<Systeminformation.MemData>;
}
