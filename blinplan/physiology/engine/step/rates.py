"""How fast the states change at one time, and what endpoints need of it."""

from __future__ import annotations

from typing import NamedTuple

from blinplan.physiology.engine.step.moment import Individual, Inflow, Instant, Signals
from blinplan.physiology.engine.step.signals import proliferation_drive
from blinplan.physiology.model import mechanism as m
from blinplan.physiology.model.population import Constants, FloatArray
from blinplan.physiology.model.states import States


def rates(now: Instant, infusion: Inflow, p: Individual, c: Constants) -> States:
    """Rate of change (1/day) of every state."""
    s, signals = now
    lysis = m.lysis_rate(s.cytolytic, p.kill_rate)
    loss = m.marrow_loss(lysis, p.regeneration_rate, p.marrow_sensitivity)
    sensing, desensitising = (
        m.adaptation_rate(signals.activation, p.adhesion_adaptation, c.adhesion_recovery),
        m.adaptation_rate(signals.activation, c.desensitisation, c.resensitisation),
    )
    return States(
        concentration=p.elimination * (infusion.plateau - s.concentration),
        cytolytic=c.cytolytic_rate * (signals.lytic * signals.effectors - s.cytolytic),
        adhesion_memory=sensing * (signals.activation - s.adhesion_memory),
        release_memory=desensitising * (signals.activation - s.release_memory),
        proliferation=stimulation(s, signals, c),
        t_total=_t_total_rate(s, p, c),
        t_adherent=_adherence(s, signals, c),
        marrow_1=p.regeneration_rate - loss * s.marrow_1,
        marrow_2=p.regeneration_rate * s.marrow_1 - loss * s.marrow_2,
        marrow_3=p.regeneration_rate * s.marrow_2 - loss * s.marrow_3,
        b_blood=_b_blood_rate(s, lysis, p, c),
        log_blasts=log_growth(s, signals, p, c),
        release=_release_rate(s, signals, c),
    )


def _t_total_rate(s: States, p: Individual, c: Constants) -> FloatArray:
    return p.t_influx + m.expansion(s.proliferation, p.t_growth) - c.homeostasis * s.t_total


def _adherence(s: States, signals: Signals, c: Constants) -> FloatArray:
    return signals.adhesion * (s.t_total - s.t_adherent) - c.return_rate * s.t_adherent


def _b_blood_rate(s: States, lysis: FloatArray, p: Individual, c: Constants) -> FloatArray:
    return p.b_influx * s.marrow_3 - (c.b_turnover + lysis) * s.b_blood


def _release_rate(s: States, signals: Signals, c: Constants) -> FloatArray:
    return signals.released - c.cytokine_loss * s.release


def stimulation(s: States, signals: Signals, c: Constants) -> FloatArray:
    """Rate of change (1/day) of the proliferation signal."""
    return proliferation_drive(signals, c) - c.proliferation_loss * s.proliferation


def log_growth(s: States, signals: Signals, p: Individual, c: Constants) -> FloatArray:
    """Rate of change (1/day) of the logarithm of the blasts."""
    lysis = m.lysis_rate(s.cytolytic, p.kill_rate)
    return m.blast_log_growth(signals.blasts, lysis, p.blast_sensitivity, c)


class Watched(NamedTuple):
    """What endpoints are found on: a value and its rate of change, in turn."""

    b_blood: FloatArray
    b_blood_rate: FloatArray
    t_blood: FloatArray
    t_blood_rate: FloatArray
    release: FloatArray
    release_rate: FloatArray
    log_blasts: FloatArray
    log_blasts_rate: FloatArray


def watch(now: Instant, p: Individual, c: Constants) -> Watched:
    """What endpoints need of one moment."""
    s, signals = now
    lysis = m.lysis_rate(s.cytolytic, p.kill_rate)
    return Watched(
        s.b_blood,
        _b_blood_rate(s, lysis, p, c),
        s.t_total - s.t_adherent,
        _t_total_rate(s, p, c) - _adherence(s, signals, c),
        s.release,
        _release_rate(s, signals, c),
        s.log_blasts,
        m.blast_log_growth(signals.blasts, lysis, p.blast_sensitivity, c),
    )
