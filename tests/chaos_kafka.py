SCENARIOS = []
LONG = []
def down(): pass
