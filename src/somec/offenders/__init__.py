"""Records, convictions, orders, assessments made elsewhere, and the decision to exchange."""
