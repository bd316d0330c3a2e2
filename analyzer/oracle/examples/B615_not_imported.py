transformers.AutoModel.from_pretrained("x")
import my_datasets_of_cats
datasets.load_dataset("x")
transformers.AutoModel.from_pretrained("x")
