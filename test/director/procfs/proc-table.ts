import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PublicDirector } from '../../../src/director/director.ts';
import { openProcDirector } from '../../../src/director/procfs/proc-director.ts';

/** As Linux 6.1 wrote it of a table made with ipvsadm, at 100 ticks a second. */
export const procTable = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
UDP  CB007135:0035 rr ops  persistent 6000 FFFFFF00
  -> 0A000017:0035      Route   65535  0          0         
TCP  [2001:0db8:0000:0000:0000:0000:0000:0010]:01BB sh persistent 30000 40000000
  -> [2001:0db8:0000:0000:0000:0000:0000:0021]:20FB      Masq    1      0          0         
TCP  CB00710A:0050 wrr  persistent 36000 FFFFFFFF
  -> 0A000016:0050      Tunnel  0      12345678   7         
  -> 0A000015:1F90      Masq    3      0          0         
SCTP  CB007163:0063 lc  
  -> 7F000001:0063      Local   1      0          0         
FWM  00000007 mh persistent 10000 80000000
FWM  00000007 wlc persistent 10000 FFFFFFFF
FWM  00000008 wlc ops 
  -> [2001:0db8:0000:0000:0000:0000:0000:0022]:0000      Route   1      0          0         
FWM  00000009 wlc 
FWM  00000009 wlc 
FWM  0000000A wlc persistent 5000 38000000
`;
/** Its counters of all services together. */
export const procStatistics = `   Total Incoming Outgoing         Incoming         Outgoing
   Conns  Packets  Packets            Bytes            Bytes
      1F      FFF        0 8000000000000000              A0B

 Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s
       2       1A        0             FFFF                0
`;

/** A director of that table; `end` takes its files away. */
export function openTable(table = procTable): {
  readonly director: PublicDirector;
  readonly end: () => void;
} {
  const folder = mkdtempSync(join(tmpdir(), 'lvstop-proc-'));
  writeFileSync(join(folder, 'ip_vs'), table);
  writeFileSync(join(folder, 'ip_vs_stats'), procStatistics);
  return {
    director: openProcDirector({ folder, ticksPerSecond: () => 100 }),
    end: () => rmSync(folder, { recursive: true, force: true }),
  };
}
