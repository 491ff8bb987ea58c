"""mailstatus: says in plain words whether mail flows, from what the vendor posts and what test messages do."""
