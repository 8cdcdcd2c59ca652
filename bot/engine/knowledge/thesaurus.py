"""What people in operations call the same thing: chat shorthand, and other words for it.

Each line is one meaning. A question that uses one phrase of it also looks for the others, at less
weight. A phrase stands for itself only as a whole: `out of memory`, not `memory`.
"""

from collections.abc import Iterator
from functools import cache
from typing import Final

from bot.engine.knowledge.words import terms

_SAME: Final = """
k8s, kubernetes, kube
db, database
pg, postgres, postgresql
mongo, mongodb
es, elasticsearch, opensearch
prom, prometheus
am, alertmanager
cert, certificate, tls, ssl, x509
tls, ssl, https
oom, out of memory, oomkilled, oom killer, memory exhaustion, exit code 137, 137
killed for memory, ran out of memory, oom
crashloop, crashloopbackoff, crash looping, restarting
p99, latency, slow, p95
latency, slow, slowness, response time, timeout
slow, degraded performance, latency
lb, load balancer, elb, alb, nlb, haproxy
cdn, fastly, cloudfront, cloudflare, edge cache
dns, name resolution, resolve names, coredns, resolver
ns, namespace
pvc, persistent volume claim, persistent volume, pv
pv, persistent volume, disk, volume
vol, volume, disk
sts, statefulset
deploy, deployment, rollout, release
prod, production, live
stg, staging
repo, repository
config, configuration, settings, misconfiguration
env, environment
auth, authentication, authorization, login
login, log in, sign in, signing in, logging in, signin
sso, single sign on, saml, adfs, federation
creds, credentials, secret, password, token
pat, personal access token, access token
leak, leaked, exposed, disclosed, published
leaked, exposed, committed, public
rotate, rotated, rolled, renewed, revoke
expired, expiry, ran out, lapsed, expiration, outdated, renew
az, availability zone, zone
dc, datacenter, data center, data centre
region, us-east-1
gcp, google cloud
gke, google kubernetes engine
aws, amazon
eks, aws kubernetes
azure, microsoft
s3, object store, object storage, bucket
rds, managed database, aurora
ec2, instance, virtual machine, vm
vm, virtual machine, instance
node, worker, host, machine, server
box, server, host, machine
pod, container
image, docker image, container image
image pull, imagepullbackoff, pull images, errimagepull
registry, docker hub, dockerhub, container registry
ci, pipeline, build, github actions, jenkins, concourse, travis, circleci
cicd, pipeline
iac, terraform, infrastructure as code
tf, terraform
tf state, terraform state, state lock
gitops, flux, argocd
helm, chart
hpa, horizontal pod autoscaler, autoscaling
autoscaler, autoscaling, scale up, scaling
pdb, pod disruption budget
drain, evict, cordon
evicted, eviction, kicked, pushed off
rescheduled, evicted
cpu, processor, cores
cpu pegged, cpu saturation, cpu 100%, high cpu, cpu exhaustion
ram, memory
mem, memory
disk full, no space left, out of disk, lack of disk space, filesystem full, storage full
no space left on device, disk full
inode, inodes, out of files
fd, file descriptor, open files
inotify, file watches
conn, connection
connection pool, too many connections, too many clients, connection exhaustion
pool, pgbouncer, proxysql
too many clients, max_connections, connection surge
replica, replication, follower, standby, secondary
lag, replication lag, delay, behind
failover, promote, promotion, switchover
primary, master, leader
split brain, two leaders, dual primary
leader, leader election, no leader
quorum, insufficient members
partition, network partition, split
backup, backups, snapshot, restore
restore, recovery, recover, get back, bring back
deleted, wiped, destroyed, removed, dropped, truncated, erased
wiped, deleted, truncated
accident, accidentally, by mistake, inadvertently, human error, operator error, mistakenly
fat finger, typo, mistyped, wrong command, human error
typo, misspelled, mistyped
engineer, operator, admin, dev
schema change, migration, ddl, alter table
migration, migrate, moved
integer overflow, int limit, 32 bit, 4 byte, 2147483647, int4
ids ran out, integer limit, auto increment
xid, transaction id, wraparound
vacuum, autovacuum
lock, deadlock, locking, contention
race, race condition
thundering herd, reconnect storm, retry storm, stampede
retry, retries, retry storm
ddos, denial of service, attack, flood
traffic spike, surge, flood, hugged, popular, heavy load
overload, overloaded, heavy load, too much load, saturated
queue, backlog, backed up, piling up
worker, sidekiq, job, background job
broker, rabbitmq, kafka, message queue, message bus
mq, rabbitmq, message broker
cache, redis, memcached
down, outage, unavailable, unreachable, downtime
outage, incident, disruption, downtime
5xx, 500, 502, 503, 504, internal server error, bad gateway
502, bad gateway
503, service unavailable
504, gateway timeout
404, not found
403, forbidden, permission denied, access denied
429, rate limit, too many requests, throttled
rate limit, throttling, quota
quota, limit, exhausted
unauthorized, 401, permission denied
crash, crashed, panic, bugcheck, died, dying, bluescreen
stuck, hung, hang, pending, frozen
won't start, fails to start, cannot start, failed to launch, startup failure
pending, unschedulable, insufficient resources
no capacity, insufficient capacity, resource exhaustion, stockout
ip exhaustion, out of ips, ip starvation, ip addresses, subnet full
cni, pod network, container network
network, networking, connectivity
bgp, route announcement, prefixes, backbone
routes, route table, routing
firewall, iptables, security group
sg, security group
waf, web application firewall, modsec
ingress, nginx, ingress controller
proxy, haproxy, envoy, nginx
webhook, admission controller, validating webhook
regex, regular expression, backtracking, pattern matching
npe, null pointer
memleak, memory leak
gc, garbage collection
ntp, clock, time sync, clock skew
leap second, extra second
leap year, leap day, february 29
tz, timezone, daylight saving
alerts, alarm, notification, page
alerting, alertmanager
metrics, prometheus, monitoring, telemetry
logs, logging, fluentd, fluentbit, log shipper, kibana
kibana, elasticsearch, logging
monitoring, prometheus, grafana
wal, write ahead log
tsdb, time series database
scrape, scraping, targets
silence, mute, inhibit
feature flag, toggle, flag
rollback, roll back, revert, reverted
upgrade, update, version bump, bump, patch
patch, unattended upgrade, security update
incompatible, version mismatch, version skew
dependency, package, library
malware, malicious, hijacked, compromised, trojan
compromised, breach, hacked, account takeover, hijacked
supply chain, malicious package, worm
typosquat, typosquatting, lookalike
phishing, phished, fake email
attacker, hacker, intruder
vuln, vulnerability, cve, exploit
bill, billing, invoice, payment, pay, paid
suspended, subscription canceled, cancelled
power, utility power, generator, ups, power outage
generator, diesel
cooling, overheating, heat, temperature
fire, burned
cable, fiber cut, fibre
hw, hardware
nic, network interface
switch, router, network device
vpn, tunnel, ipsec
email, mail, smtp
sms, text message
user data, personal data, privacy, other people's data
someone else's account, other users data, cross tenant, data leak
session, cookie
js, javascript
py, python
sdk, client library
api, apiserver, endpoint
apiserver, api server, control plane
control plane, masters, master node
etcd, key value store
oncall, on call, pager
rca, root cause
runbook, playbook
perms, permissions, iam, role
iam, role, access
svc, service
acct, account
txn, transaction
msg, message
idx, index
cfg, configuration
mgmt, management
infra, infrastructure
perf, performance
vuln, security hole
sluggish, laggy, crawling, slow
can't reach, unreachable, unable to connect, connection refused, no connectivity
rejected, refused, denied
vanished, disappeared, missing, gone, lost
data loss, lost data, missing data
broke, broken, stopped working, failing, failure
blank, empty
duplicate, twice, double, repeated
overwritten, clobbered, replaced
oversized, too big, too large
filled up, full, ran out of space
reboot, restart, restarted, power cycle
terminated, killed, shut down
disabled, turned off, switched off
stale, outdated, obsolete, old
canary, staged rollout, gradual rollout
bug, defect, regression
third party, vendor, provider, supplier, upstream
maintenance, planned work, scheduled maintenance
storm, hurricane, lightning, weather
electricity, power, utility power
storage, disk, nas, san, filesystem
nfs, file server, network file system, home directory, home directories
corrupt, corrupted, corruption, damaged, garbled
signing key, private key
domain, dns record, zone file, nameserver, registrar
nxdomain, name resolution
redirect loop, too many redirects
infinite loop, endless loop, recursion
cascading failure, cascade, knock on effect, domino
feedback loop, vicious circle
cold start, startup, boot
health check, liveness probe, readiness probe, probe
timed out, timeout, deadline exceeded
certificate authority, root ca, ca certificate
cron, cronjob, scheduled job, nightly job, periodic job, batch job
manually, by hand, manual
privilege, permission, rights, access
administrator, admin, root, superuser
exposed, public, open to the internet
confidential, private, sensitive
crawler, bot, scraper
cryptomining, miner, mining
stolen, theft, exfiltrated
slow query, long running query, full table scan, missing index
query planner, query plan, optimizer
shard, sharding, hot shard, hot spot
rebalance, rebalancing, resharding
consensus, raft, zookeeper, etcd, consul
zk, zookeeper
service mesh, istio, envoy, linkerd, sidecar
jvm, java, heap
thread pool, threads, worker pool
kernel, linux, operating system
firmware, bios, microcode, driver
gpu, nvidia, cuda
notebook, jupyter, jupyterhub
spot, preemptible
scale down, downsize, shrink, downgrade
underprovisioned, too few, insufficient capacity
late, delayed, delay
upload, push
checkout, cart, order
payment processor, stripe, card payments
packet loss, dropped packets, retransmits
port exhaustion, ephemeral ports, snat, conntrack
config push, configuration change, config change, config rollout
syntax error, parse error, invalid config
validation, sanity check
dashboard, graph, grafana
no monitoring, blind, monitoring gap, no visibility
false alarm, false positive, noisy alert
missed alert, no alert, did not alert
site, website, web page, frontend
bounce, bounced, restart
spin up, provision, launch
tear down, decommission, destroyed
spike, surge, burst, jump
cutover, switchover, migration
rename, renamed, changed name
wrong cluster, wrong environment, wrong database, wrong account
allowlist, whitelist, allow list
blocklist, blacklist, denylist, banned, blocked
wedged, stuck, hung
flapping, flaky, intermittent, sporadic, on and off
signup, sign up, registration, register
load test, stress test, benchmark
drill, game day, exercise, failover test, dr test
runaway, out of control, unbounded
unbounded, unlimited, no limit
starved, starvation, exhaustion
unicode, utf8, charset, encoding
deserialize, parse, decode, unmarshal
mtu, packet size, fragmentation
spanning tree, network loop, broadcast storm
swap, swapping, thrashing
disk io, iops, io wait, disk latency
burst credits, burst balance, io credits, cpu credits
bandwidth, throughput, link saturation
lambda, serverless, cloud function
consumer, subscriber
producer, publisher
poison message, malformed message, bad message
dlq, dead letter
constraint, foreign key, unique key
checksum, digest, integrity, hash mismatch
ios, android, mobile app
flights, airline, airport, grounded
spacecraft, orbiter, lander, rover, rocket, satellite
phone calls, telephone, telecom, carrier, emergency calls, 911
blockchain, chain, ledger
maintainer, owner, package author
unmaintained, abandoned, deprecated, end of life, eol
workaround, mitigation, stopgap
circular dependency, depends on itself, chicken and egg, bootstrap
single point of failure, spof, no redundancy
untested, never tested, not tested
dry run, preview, plan
orphaned, leftover, unused, dangling
memory pressure, low memory, out of memory
"""


@cache
def meanings() -> dict[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Phrase → the other phrases for it, all as terms."""
    found: dict[tuple[str, ...], dict[tuple[str, ...], None]] = {}
    for line in _SAME.strip().splitlines():
        phrases = list(dict.fromkeys(p for p in map(_as_terms, line.split(",")) if p))
        for phrase in phrases:
            others = found.setdefault(phrase, {})
            others.update(dict.fromkeys(other for other in phrases if other != phrase))
    return {phrase: tuple(others) for phrase, others in found.items()}


@cache
def longest() -> int:
    """Terms of the longest phrase."""
    return max(map(len, meanings()))


def _as_terms(phrase: str) -> tuple[str, ...]:
    return tuple(terms(phrase))


def other_words(said: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Other phrases for every phrase in what was said."""
    known = meanings()
    for begin in range(len(said)):
        for end in range(begin + 1, min(len(said), begin + longest()) + 1):
            yield from known.get(said[begin:end], ())
