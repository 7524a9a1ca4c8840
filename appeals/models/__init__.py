from appeals.models.appeal import Appeal
from appeals.models.parts import AppealAnswer, AppealFile, Consequence

__all__ = ["Appeal", "AppealAnswer", "AppealFile", "Consequence"]
