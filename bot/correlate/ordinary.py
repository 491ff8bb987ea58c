"""Words that any root cause may hold: to share them shows nothing."""

WORDS = """
able about above access accessing account accounts action actions active added additional address addressed addresses
advisory affected affecting after again all allow allowed already also although amount analysis and another any api
application applied april are area associated attempt attempting attempts august authentication availability available
back balancing based became because been before began being below between bgp blocked both brief build built business
but cache caching cannot capacity cause caused causes causing cdn certain change changed changes client clients code
component components condition configuration configured confirmed connect connecting connection connections consistent
contained contributed correct could cpu current customer customers data database databases date day days december
delay delayed delays delivered delivery deployed deployment designed did directed directory disabled dns does down due
during each email emails enabled encountered ended environment eop error errors event exchange exhausted expected
experience experienced experiencing external fail failed failing failover failure failures far feature features
february few file final five fix flow folder for forest friday from full function functionality handle handling
hardware have health healthy held high higher host hosted imap immediate impact impacted impacting improve improved in
inadvertent inadvertently inbound incident incoming incorrect incorrectly increase increased infrastructure initial
intended internal into introduced investigating investigation issue issues its january july june large late latency
leading leaving led level limit limited load local logic long longer machine machines made mail mailbox mailboxes
maintenance making manage management march may meant memory message messages messaging method methods mfa microsoft
misconfiguration missing monday monitor more multiple name ndr necessary network new next not november number october
office online operation operations optimal other our out outage outbound outlook over owa own part path perform
performance performing place point policy pop portion position post-incident potential preliminary prevented
preventing previous problem problems process processed processes processing protocol protocols provide publish
quarantine queue queued queues reached recent recently recipient recipients recovered recovery reduced region regions
related release reports request requests requiring resource resources responsible restart restarted resulted resulting
results review reviewing root route routed routes routing rule rules same saturday scenario section segment send
sender senders sending sent september server servers service services session set setting settings several shared
should sign signal smtp some source specific spike ssl state steps stopped storage store subset such sudden sunday
support sustained system systems target tcp team than that the their them then there these they this those threshold
throttled throttling through thursday time timeout tls to too traffic transport tried tuesday unable underlying
unexpected unexpectedly unhealthy unresponsive until update updated updates upstream url usage use used user users
using utc utilization utilized value version via volume vpn wan was we'll we're we've web wednesday well went were
when where which while who will with within without work worked working would wrong
"""

ORDINARY = frozenset(WORDS.split())
