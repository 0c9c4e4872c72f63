iptables -A INPUT -p tcp -m tcp --dport 80 ! --syn -m conntrack --ctstate NEW -j DROP
iptables -A INPUT -s 10.0.0.0/8 -i eth+ -p tcp -m multiport --dports 8080,8443 -j REJECT
iptables -N WEB
iptables -A INPUT -d 10.0.0.99/32 -p udp --dport 53:60 -j WEB
iptables -A WEB -m comment --comment why -j ACCEPT
iptables -A INPUT -m mark --mark 0x3/0xff -j ACCEPT
iptables -A INPUT -m conntrack --ctstate INVALID -j DROP
iptables -A INPUT -d 10.0.0.100/32 -p tcp --dport 80 -j ACCEPT
iptables -P INPUT DROP
ip6tables -A INPUT -s fd00::/64 -d fd00::100 -p tcp --dport 443 -j DROP
ip6tables -A INPUT -s fd00::/61 ! -i lo -j LOG
iptables -t mangle -A PREROUTING -d 10.1.1.1/32 -p tcp -m mark --mark 3 -j MARK --set-mark 7
iptables -t mangle -A PREROUTING -d 10.1.1.2/32 -j CONNMARK --restore-mark
iptables -t raw -A PREROUTING -d 10.0.0.1/32 -j CT --notrack
iptables -t nat -A POSTROUTING -j MASQUERADE
