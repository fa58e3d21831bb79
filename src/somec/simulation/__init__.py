"""Made-up people and states: several nodes that play the first story."""
