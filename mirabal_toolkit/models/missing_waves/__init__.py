"""Who was lost, and what their answers could do to the conclusions.

Main estimates treat lost answers as missing at random given what was seen. Here the same change is estimated
under other assumptions: imputed many times, weighted, shifted until the conclusion turns, and at its bounds.
"""
