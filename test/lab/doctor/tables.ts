/** Tables with two real servers for {@link Fault}s: `VIP` and `VIP6` stand for virtual addresses. */
import { inner, inner6, outer, outer6 } from '../guest.ts';

export const tables = {
  nat: `
-A -t VIP:80 -s rr
-a -t VIP:80 -r ${inner.rs1}:8080 -m
-a -t VIP:80 -r ${inner.rs2}:8080 -m`,
  nat6: `
-A -t VIP6:80 -s rr
-a -t VIP6:80 -r [${inner6.rs1}]:8080 -m
-a -t VIP6:80 -r [${inner6.rs2}]:8080 -m`,
  tun: `
-A -t VIP:80 -s rr
-a -t VIP:80 -r ${outer.rs1} -i
-a -t VIP:80 -r ${outer.rs2} -i`,
  tun6: `
-A -t VIP6:80 -s rr
-a -t VIP6:80 -r [${outer6.rs1}]:80 -i
-a -t VIP6:80 -r [${outer6.rs2}]:80 -i`,
  dr: `
-A -t VIP:80 -s rr
-a -t VIP:80 -r ${outer.rs1} -g
-a -t VIP:80 -r ${outer.rs2} -g`,
  dr6: `
-A -t VIP6:80 -s rr
-a -t VIP6:80 -r [${outer6.rs1}]:80 -g
-a -t VIP6:80 -r [${outer6.rs2}]:80 -g`,
} as const;
