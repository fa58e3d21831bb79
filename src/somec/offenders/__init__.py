"""Records, convictions, orders, assessments made elsewhere, and the decision to exchange.

Convictions carry ECRIS codes (Council Decision 2009/316/JHA), conditions the measures of Article 4(1) of Framework
Decision 2008/947/JHA. An assessment was made by a named person's role with a named instrument somewhere else; somec
keeps its own words and never makes a score. The decision to exchange freezes the criteria's result and
needs a second person.
"""
