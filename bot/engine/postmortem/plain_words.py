"""Plain words that lessons and things to do may use beside those of the record.

The list is closed, so that nothing can be slipped in: whatever is not on it, and not on the record,
is not said.
"""

from typing import Final

from bot.engine.knowledge.words import singular

_WORDS: Final = """
add alarm alerting allow already always apart assign audit automate automatic automatically avoid
backup base better block bring build busy capacity catch change check checklist clean clear close
communicate communication compare config configuration confirm connect consider copy correct cover
create dashboard data deadline decide default define delay delete depend dependency deploy
deployment describe design detect detection did disable discover document documentation double
down drain drill earlier early easy enable ensure escalate escalation exercise expect expire
explain extend fail failover fast faster fallback fewer find forecast gap give good graceful
gradually group grow guard guide half handle hard health help hidden hold host hour idea identify
improve include inform inspect install instance isolate join keep know late latency learn length
less limit limiting list load log logging long look loss lower luck lucky maintain maintenance
make manual manually mean measure member memory message metric minute miss missing mistake
mitigate model monitor monitoring move network new night node notice notify number observe old
onboard open operate operation order outage owner page paging pair parallel passed past pattern
peak percent period person pipeline place plan point policy pool prepare prevent previous
procedure process production protect provide queue quick quickly quiet quota raise ramp rate reach
read ready real reason recover recovery reduce redundant refuse regularly rehearse reject release
reliable remind remove repeat replace report request require reserve restart restore retry review
right risk role roll rollback rollout rotate routine rule run runbook safe sample saturation save
scale schedule script section see send separate server set share short shift side signal simple
size slack slow slowly small smaller split stage staging start step stop store stuck suite support
switch system table task team test tested testing threshold tie time timeout token tool track
traffic train training trigger try tune turn twice unclear unit unused update upgrade usage use
validate validation vendor verify version visible visibility wait warn warning watch way weak week
weekly well went window word work wrong write
"""
PLAIN: Final = frozenset(singular(word) for word in _WORDS.split())
