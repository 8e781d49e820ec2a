"""How property tests run here: as many examples as ever, whatever else the machine is doing."""

from hypothesis import HealthCheck, settings

calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
